"""Runs a notebook as nbclient does for nbconvert, papermill and others: front_ends.py DEP, with the kernel of the user."""

import asyncio
import json
import os
import sys

from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import v4

NAME = "fashion-mnist-lab"
spec = KernelSpecManager().get_kernel_spec(NAME)
assert spec.resource_dir.startswith(os.environ["JUPYTER_DATA_DIR"]), spec.resource_dir
assert spec.interrupt_mode == "message" and spec.language == "rust", spec.to_dict()

CELLS = [
    sys.argv[1] + "\nuse lab_support::prelude::*;\nlet kept = 41;",
    "println!(\"{}\", kept + 1);",
    "plot(&[3.0, 2.0, 1.0]).named(\"loss\")",
    "let nothing: Option<u8> = None; nothing.unwrap()",
    "std::thread::sleep(std::time::Duration::from_secs(900));",
    "kept",
]


def client(notebook):
    return NotebookClient(notebook, kernel_name=NAME, timeout=900, interrupt_on_timeout=True, resources={"metadata": {"path": "."}})


async def main():
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in CELLS])
    found = client(notebook)
    failed = []
    async with found.async_setup_kernel():
        for number, cell in enumerate(notebook.cells):
            found.timeout = 3 if "from_secs" in cell.source else 900
            try:
                await found.async_execute_cell(cell, number)
            except (CellExecutionError, CellTimeoutError) as error:
                failed.append((number, type(error).__name__))
    outputs = [cell.outputs for cell in notebook.cells]
    assert outputs[0] == [], outputs[0]
    assert outputs[1][0].text == "42\n", outputs[1]
    (figure,) = outputs[2]
    assert figure.data["image/png"] and "loss" in figure.data["text/plain"], figure.data.keys()
    assert outputs[3][-1].output_type == "error" and "unwrap" in outputs[3][-1].evalue, outputs[3]
    assert failed[0] == (3, "CellExecutionError") and [number for number, _ in failed] == [3, 4], failed
    assert outputs[5][0].data["text/plain"] == "41", outputs[5]
    print(json.dumps(failed))


asyncio.run(main())
