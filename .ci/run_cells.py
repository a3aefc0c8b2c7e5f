"""Runs the first cells of a notebook over a Jupyter server, as its page does: run_cells.py URL TOKEN"""

import json
import sys
import time
import uuid

import requests
import websocket

url, token = sys.argv[1:]
headers = {"Authorization": "token " + token}
CELLS = [
    ':dep lab-support = { path = "../lab-support" }\nuse lab_support::prelude::*;',
    "let data = FashionMnist::load()?;\ndata",
    "data.train.show(0)?",
]


def run(socket, code):
    """The outputs of a cell; how setting up went is shown as it changes."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "page", "username": "", "version": "5.3", "date": ""}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True, "stop_on_error": True}
    socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}))
    outputs, said = [], set()
    while True:
        message = json.loads(socket.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            outputs.append(content)
            text = content.get("data", {}).get("text/plain", "")
            stage = text.split(":")[0]
            if kind in ("display_data", "update_display_data") and stage not in said:
                said.add(stage)
                print(f"  in the cell: {text}", flush=True)
        if kind == "error":
            sys.exit(f"{code}\n{content}")
        if kind == "status" and content["execution_state"] == "idle":
            return outputs


kernel = requests.post(url + "api/kernels", headers=headers, json={"name": "fashion-mnist-lab", "path": "notebooks/1-load.ipynb"}, timeout=60).json()
socket = websocket.create_connection(url.replace("http", "ws", 1) + f"api/kernels/{kernel['id']}/channels", header=["Authorization: token " + token], timeout=1800)
for code in CELLS:
    start = time.monotonic()
    outputs = run(socket, code)
    print(f"  a cell has run in {time.monotonic() - start:.1f} s: {code.splitlines()[-1]}", flush=True)
assert any("image/png" in output.get("data", {}) for output in outputs), outputs
requests.delete(url + f"api/kernels/{kernel['id']}", headers=headers, timeout=60)
