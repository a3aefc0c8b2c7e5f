//! What the specification of Jupyter's messages asks of a kernel, and what strangers on the same machine can't do:
//! `cargo lab test` runs these tests once the kernel is built.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;
use std::{fs, thread};

use crate::front_end::{FrontEnd, Kernel, is_alive};
use jupyter_protocol::ReplyStatus;
use lab_base::processes;
use lab_kernel::connection::Connection;
use lab_kernel::message::Message;
use lab_kernel::wire::heartbeat;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

/// Requests, what is sent, and of the reply what must be as it is here; null where anything will do.
fn requests() -> [(&'static str, Value, Value); 13] {
    [
        (
            "kernel_info_request",
            json!({}),
            json!({ "status": "ok", "implementation": "fashion-mnist-lab", "banner": null }),
        ),
        ("is_complete_request", json!({ "code": "let a = 1;" }), json!({ "status": "complete" })),
        (
            "is_complete_request",
            json!({ "code": "fn f() {" }),
            json!({ "status": "incomplete", "indent": "" }),
        ),
        (
            "history_request",
            json!({ "hist_access_type": "tail", "n": 3, "output": false, "raw": true }),
            json!({ "status": "ok", "history": [] }),
        ),
        ("comm_info_request", json!({}), json!({ "status": "ok", "comms": {} })),
        ("connect_request", json!({}), json!({ "status": "ok", "shell_port": null, "hb_port": null })),
        (
            "complete_request",
            json!({ "code": "let a = Stri", "cursor_pos": 12 }),
            json!({ "status": "ok", "matches": null, "cursor_start": 8, "cursor_end": 12, "metadata": null }),
        ),
        (
            "inspect_request",
            json!({ "code": "nothing", "cursor_pos": 3, "detail_level": 0 }),
            json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
        ),
        (
            "execute_request",
            json!({ "code": "", "silent": true }),
            json!({ "status": "ok", "execution_count": 0, "user_expressions": {} }),
        ),
        ("interrupt_request", json!({}), json!({ "status": "ok" })),
        (
            "debug_request",
            json!({ "command": "initialize" }),
            json!({ "status": "error", "ename": "UnknownRequest" }),
        ),
        (
            "create_subshell_request",
            json!({}),
            json!({ "status": "error", "evalue": null, "traceback": null }),
        ),
        ("weather_request", json!({}), json!({ "status": "error", "ename": "UnknownRequest" })),
    ]
}

fn assert_is(reply: &Message, kind: &str, expected: &Value) {
    assert_eq!(reply.kind(), kind.replace("_request", "_reply"));
    let content = reply.content();
    for (name, value) in expected.as_object().unwrap() {
        assert!(
            !content[name].is_null() && (value.is_null() || content[name] == *value),
            "{kind}: {content}"
        );
    }
}

/// A cell with what its front end wants beside its code.
fn cell(code: &str, more: Value) -> Value {
    let mut content = json!({ "code": code, "silent": false, "allow_stdin": false });
    content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    content
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn every_message_is_answered_as_the_specification_says() {
    // What lies beside a notebook is not obeyed.
    let planted = |folder: &std::path::Path| {
        let toml = format!("[evcxr]\nprelude = '''!touch {}'''\n", folder.join("obeyed").display());
        fs::write(folder.join("evcxr.toml"), toml).unwrap();
    };
    let kernel = Kernel::start_in(planted, &[]).await;
    let mut page = FrontEnd::connect(&kernel.info).await;
    for (kind, content, expected) in requests() {
        let (broadcasts, reply) = page.ask(kind, content.clone()).await;
        assert_is(&reply, kind, &expected);
        let kinds: Vec<&str> = broadcasts.iter().map(|content| content.message_type()).collect();
        assert_eq!(kinds, ["status"; 2], "{kind}: busy and idle");
        if !["execute_request", "complete_request", "inspect_request"].contains(&kind) {
            assert_is(&page.control(kind, content).await, kind, &expected);
        }
    }
    // There is nothing that a comm could be opened to, and no other message is for a kernel.
    for (kind, expected) in
        [("comm_open", vec!["status", "comm_close", "status"]), ("comm_msg", vec!["status"; 2])]
    {
        let request = page.client.request(kind, &json!({ "comm_id": "a", "target_name": "b", "data": {} }));
        page.client.shell.send(&request);
        assert_eq!(page.broadcasts(&request).await, expected, "{kind}");
    }
    cells_are_run_as_asked(&mut page).await;
    assert!(!kernel.has("obeyed"), "a file beside the notebook is not obeyed");
    let here = page.run("std::env::current_dir()?.join(\"evcxr.toml\").exists()").await.ok();
    assert_eq!(here.text(), "true", "cells run in the notebook's folder");
    strangers_reach_nothing(&kernel, &mut page).await;
    who_does_not_read_is_not_waited_for(&kernel.info, &mut page).await;
}

async fn cells_are_run_as_asked(page: &mut FrontEnd) {
    let silent = cell("let a = 6; println!(\"no\"); a", json!({ "silent": true }));
    let (broadcasts, reply) = page.ask("execute_request", silent).await;
    assert_eq!((broadcasts.len(), &reply.content()["execution_count"]), (2, &json!(0)), "{broadcasts:?}");
    let unstored = cell("a", json!({ "store_history": false }));
    let (broadcasts, reply) = page.ask("execute_request", unstored).await;
    assert_eq!((broadcasts.len(), &reply.content()["execution_count"]), (4, &json!(0)), "{broadcasts:?}");
    let expressions = json!({ "user_expressions": { "more": "a + 1", "wrong": "nothing" } });
    let (broadcasts, reply) = page.ask("execute_request", cell("a", expressions.clone())).await;
    let content = reply.content();
    assert_eq!((&content["status"], &content["execution_count"]), (&json!("ok"), &json!(1)), "{content}");
    let more = json!({ "status": "ok", "data": { "text/plain": "7" }, "metadata": {} });
    assert_eq!(content["user_expressions"]["more"], more, "{content}");
    assert_eq!(content["user_expressions"]["wrong"]["status"], "error", "{content}");
    assert_eq!(broadcasts.len(), 4, "what they come to is in the reply alone: {broadcasts:?}");
    let (_, reply) = page.ask("execute_request", cell("nothing", expressions)).await;
    let content = reply.content();
    assert_eq!((&content["status"], &content["execution_count"]), (&json!("error"), &json!(2)), "{content}");
    let history = json!({ "hist_access_type": "tail", "n": 9, "output": true, "raw": true });
    let (_, reply) = page.ask("history_request", history).await;
    assert_eq!(reply.content()["history"], json!([[0, 1, ["a", "6"]], [0, 2, ["nothing", null]]]));
    for (stops, status) in [(true, "aborted"), (false, "ok")] {
        let first =
            page.client.request("execute_request", &cell("nothing", json!({ "stop_on_error": stops })));
        let second = page.client.request("execute_request", &cell("a", json!({})));
        [&first, &second].iter().for_each(|request| page.client.shell.send(request));
        assert_eq!(page.answer(&first).await.1.content()["status"], "error");
        assert_eq!(page.answer(&second).await.1.content()["status"], status);
    }
}

/// What a peer says first, and that it is a subscriber.
fn greeting() -> Vec<u8> {
    let mut bytes = [&[0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0][..], b"NULL", &[0; 48]].concat();
    bytes.extend_from_slice(b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB");
    bytes
}

async fn strangers_reach_nothing(kernel: &Kernel, page: &mut FrontEnd) {
    let Connection { shell_port, iopub_port, stdin_port, control_port, hb_port, .. } = kernel.info;
    let ports = [shell_port, iopub_port, stdin_port, control_port, hb_port];
    // Only what Jupyter has asked for listens where everybody on this machine gets.
    let mut processes = processes::descendants(kernel.process.id());
    processes.push(kernel.process.id());
    let mut open = listening(&processes);
    open.sort_unstable();
    let mut wanted = ports;
    wanted.sort_unstable();
    assert_eq!(open, wanted);
    for port in ports {
        for junk in [&[2, 0x37, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], &[7; 100_000], b""] {
            let mut stranger = TcpStream::connect(("127.0.0.1", port)).unwrap();
            // The kernel may close the connection meanwhile.
            let _ = stranger.write_all(&[&greeting(), junk].concat());
        }
    }
    let beat = vec!["ping".into()];
    let answer = timeout(Duration::from_secs(5), heartbeat(&kernel.info, beat.clone())).await;
    assert_eq!(answer.expect("a heartbeat").unwrap(), beat);
    assert_eq!(page.run("a").await.ok().text(), "6");
}

/// The TCP ports at which these processes listen.
fn listening(processes: &[u32]) -> Vec<u16> {
    let links =
        processes.iter().filter_map(|id| fs::read_dir(format!("/proc/{id}/fd")).ok()).flatten().flatten();
    let sockets: Vec<String> = links
        .filter_map(|link| Some(fs::read_link(link.path()).ok()?.to_string_lossy().into_owned()))
        .collect();
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines());
    let mut ports: Vec<u16> = lines
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_theirs = fields[3] == "0A" && sockets.contains(&format!("socket:[{}]", fields.get(9)?));
            let port = fields[1].rsplit(':').next()?;
            is_theirs.then(|| u16::from_str_radix(port, 16).unwrap())
        })
        .collect();
    ports.dedup();
    ports
}

async fn who_does_not_read_is_not_waited_for(info: &Connection, page: &mut FrontEnd) {
    let mut deaf = TcpStream::connect(("127.0.0.1", info.iopub_port)).unwrap();
    deaf.write_all(&[&greeting()[..], &[0, 1, 1]].concat()).unwrap();
    thread::sleep(Duration::from_millis(200));
    // More than may wait for one, in broadcasts that take no time to make.
    let long = json!({ "comm_id": "x".repeat(1 << 20), "target_name": "a", "data": {} });
    for _ in 0..100 {
        let request = page.client.request("comm_open", &long);
        page.client.shell.send(&request);
        assert_eq!(page.broadcasts(&request).await, ["status", "comm_close", "status"]);
    }
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn a_kernel_that_nobody_watches_ends_when_its_front_end_has_gone() {
    let variables = [("JPY_PARENT_PID", ""), ("LAB_ALONE_SECONDS", "3")];
    let mut kernel = Kernel::start_with(&variables).await;
    let mut page = FrontEnd::connect(&kernel.info).await;
    // Before it, it may say how long it has waited.
    assert!(page.run("1 + 1").await.ok().text().ends_with('2'));
    an_editor_is_served(&mut page).await;
    let (folder, processes) = (kernel.folder(), processes::descendants(kernel.process.id()));
    sleep(Duration::from_secs(5)).await;
    assert!(is_alive(kernel.process.id()), "a front end that is silent is still there");
    drop(page);
    for _ in 0..150 {
        if kernel.process.try_wait().unwrap().is_some() {
            assert!(!folder.exists() && !processes.into_iter().any(is_alive));
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("it waits for nobody");
}

/// What VS Code sends, which starts kernels by itself and does not tell them of it: cells one behind the other that do not
/// stop at an error, with the line ends of Windows, and the stop button as a message.
async fn an_editor_is_served(page: &mut FrontEnd) {
    let sent = json!({ "stop_on_error": false, "allow_stdin": true, "user_expressions": {} });
    let cells = ["let a = 1;\r\nlet b = 2;\r\n", "let c = 3;\r\nnothing\r\n", "a + b"];
    let requests = cells.map(|code| page.client.request("execute_request", &cell(code, sent.clone())));
    requests.iter().for_each(|request| page.client.shell.send(request));
    let mut shown = Vec::new();
    for request in &requests {
        shown.push(page.cell(request).await);
    }
    assert_eq!(shown[0].reply.status, ReplyStatus::Ok, "{:?}", shown[0].reply);
    assert!(shown[1].traceback().contains("Line 2: cannot find value `nothing`"), "{}", shown[1].traceback());
    assert!(!shown[1].traceback().contains('\r'), "{:?}", shown[1].traceback());
    assert_eq!(shown[2].text(), "3");
    let request = page.client.request("execute_request", &cell("loop {}", sent));
    page.client.shell.send(&request);
    sleep(Duration::from_secs(2)).await;
    assert_is(
        &page.control("interrupt_request", json!({})).await,
        "interrupt_request",
        &json!({ "status": "ok" }),
    );
    assert!(page.cell(&request).await.reply.error.is_some());
    assert_eq!(page.run("a + b").await.ok().text(), "3");
}
