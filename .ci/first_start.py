"""Starts the lab as a user does, on a terminal, and measures what they wait for.

    first_start.py first    nothing is there yet; Ctrl-C is pressed at every stage, and the lab started again
    first_start.py later    all of it is
"""

import glob
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
import urllib.request

# Seconds: what a machine of two cores should stay below, and what it must, since it may be busy with something else.
SHOULD = {
    "first": {"silence": 10, "page": 240, "cell": 660},
    "later": {"page": 5, "cell": 20},
}
PATIENCE = 4


class Lab:
    """`cargo lab` on a terminal of its own."""

    def __init__(self):
        self.begin = time.monotonic()
        self.said, self.silence = b"", 0.0
        self.start()

    def start(self):
        """Once more, after it has been interrupted: the clock goes on."""
        self.said, self.heard = b"", time.monotonic()
        environment = dict(os.environ, BROWSER="true", TERM="xterm", COLUMNS="120")
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            # A shell that starts this in the background has its programs ignore Ctrl-C.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe("cargo", ["cargo", "lab"], environment)

    def listen(self, seconds):
        """Reads what it says for a while; False when it has ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.terminal], [], [], left)
            if ready:
                try:
                    text = os.read(self.terminal, 1 << 16)
                except OSError:
                    return False
                if not text:
                    return False
                now = time.monotonic()
                self.silence, self.heard = max(self.silence, now - self.heard), now
                self.said += text
        return True

    def listen_for(self, *texts):
        """Until it has said all of this, and for a moment more."""
        while not all(text.encode() in self.said for text in texts):
            if not self.listen(0.2) or self.seconds() > 1500:
                self.fail(f"{texts} not said")
        self.listen(3)

    def interrupt(self):
        """Ctrl-C, as on a terminal: it ends, and so does all that it has started."""
        processes = children(self.process)
        assert processes, "something is being done"
        os.write(self.terminal, b"\x03")
        pressed = time.monotonic()
        while self.listen(0.2):
            pass
        os.waitpid(self.process, 0)
        while left := [process for process in processes if is_alive(process)]:
            assert time.monotonic() - pressed < 30, f"still running after Ctrl-C: {left}"
            time.sleep(0.1)
        print(f"interrupted after {self.seconds():.0f} s; all has ended {time.monotonic() - pressed:.1f} s later", flush=True)

    def seconds(self):
        return time.monotonic() - self.begin

    def server(self):
        """What the server writes down of itself."""
        for path in glob.glob(".venv/jupyter/runtime/jpserver-*.json"):
            try:
                server = json.load(open(path))
                os.kill(server["pid"], 0)
                return server
            except (OSError, ValueError):
                pass
        return None

    def page(self, server):
        """The server may write down where it listens a moment before it does."""
        while True:
            try:
                return get(server, "lab")
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError) or not self.listen(0.2) or self.seconds() > 1500:
                    raise

    def fail(self, what):
        sys.exit(f"{what} after {self.seconds():.0f} s; the terminal showed at its end:\n{self.said[-4000:].decode(errors='replace')}")


def get(server, path):
    request = urllib.request.Request(server["url"] + path, headers={"Authorization": "token " + server["token"]})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def children(process):
    found = []
    for path in glob.glob(f"/proc/{process}/task/*/children"):
        for child in open(path).read().split():
            found += [int(child), *children(int(child))]
    return found


def is_alive(process):
    try:
        return open(f"/proc/{process}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main(kind):
    lab = Lab()
    if kind == "first":
        lab.listen_for("Compiling")
        lab.interrupt()
        lab.start()
        lab.listen_for("Installing JupyterLab", "Building the Rust kernel")
        lab.interrupt()
        lab.start()
    while not (server := lab.server()):
        if not lab.listen(0.2) or lab.seconds() > 1500:
            lab.fail("no page")
    page = lab.page(server)
    assert "JupyterLab" in page, page[:500]
    figures = {"page": lab.seconds()}
    notebook = json.loads(get(server, "api/contents/notebooks/1-load.ipynb"))
    outputs = [output for cell in notebook["content"]["cells"] for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs), "the notebooks show their figures at once"
    specs = json.loads(get(server, "api/kernelspecs"))["kernelspecs"]
    assert specs["fashion-mnist-lab"]["spec"]["display_name"] == "Rust (Fashion-MNIST lab)", specs
    print(f"the page is open after {figures['page']:.0f} s", flush=True)

    cell = subprocess.Popen([".venv/bin/python", ".ci/run_cells.py", server["url"], server["token"]], stdout=subprocess.PIPE, text=True)
    while cell.poll() is None:
        if not lab.listen(1) or lab.seconds() > 1800:
            cell.kill()
            lab.fail("no cell has run")
    print(cell.stdout.read(), end="")
    if cell.returncode:
        lab.fail("the cells did not run")
    figures["cell"] = lab.seconds()
    print(f"the first cells have run after {figures['cell']:.0f} s", flush=True)

    if kind == "first":
        # What only the last notebooks use is compiled behind.
        assert not all_is_compiled(), "there is a stage left"
        lab.said = b""
        lab.listen_for("Compiling what the notebooks use")
        lab.interrupt()
        lab.start()
        while not all_is_compiled():
            if not lab.listen(1) or lab.seconds() > 2400:
                lab.fail("the last notebooks' crates are not compiled")
        print(f"all is set up after {lab.seconds():.0f} s")
        figures["silence"] = lab.silence
        while not lab.server():
            lab.listen(0.2)
    lab.interrupt()
    for figure, found in figures.items():
        should = SHOULD[kind][figure]
        print(f"{kind} start, {figure}: {found:.1f} s (should be below {should} s)", flush=True)
        assert found <= PATIENCE * should, figure


def all_is_compiled():
    return bool(glob.glob(os.environ["XDG_CACHE_HOME"] + "/fashion-mnist-lab/compiled/*/has-all"))


signal.signal(signal.SIGPIPE, signal.SIG_DFL)
main(sys.argv[1])
