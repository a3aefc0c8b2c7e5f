"""Looks at what a code host reads and nobody runs here: workflows, forms for issues, the dev container, Binder's set-up."""

import glob
import json
import re
import subprocess

import yaml


def workflow(path):
    read = yaml.safe_load(open(path))
    # YAML reads a bare `on` as true.
    assert {"name", True, "jobs", "permissions"} <= set(read), path
    for name, job in read["jobs"].items():
        assert job["runs-on"] and job["timeout-minutes"], (path, name)
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step), (path, name, step)
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/a@v1")), (path, step)
            if "run" in step:
                subprocess.run(["bash", "-n", "-c", re.sub(r"\$\{\{.*?\}\}", "x", step["run"])], check=True)
                for file in re.findall(r"[\w./-]*/[\w.-]+\.(?:py|txt|sh)|\.ci/run", step["run"].replace("$peer", "keras")):
                    open(file).close()


def form(path):
    read = yaml.safe_load(open(path))
    assert read["name"] and read["description"], path
    ids = [field["id"] for field in read["body"]]
    assert len(ids) == len(set(ids)), path
    for field in read["body"]:
        attributes = field["attributes"]
        assert field["type"] in ("input", "textarea", "dropdown", "checkboxes") and attributes["label"], (path, field)
        options = attributes.get("options", ["one"])
        assert len(options) == len({str(option) for option in options}) > 0, (path, field)
        # A bare `Yes` is no text.
        assert all(isinstance(option, str) or isinstance(option.get("label"), str) for option in options), (path, field)
    assert "doctor" in ids or "verdict" in ids, path


forms = sorted(set(glob.glob(".github/ISSUE_TEMPLATE/*.yml")) - {".github/ISSUE_TEMPLATE/config.yml"})
workflows = glob.glob(".github/workflows/*.yml")
assert forms and workflows
for path in workflows:
    workflow(path)
for path in forms:
    form(path)
container = json.load(open(".devcontainer/devcontainer.json"))
rust = re.search(r"FROM rust:(\d+\.\d+)", open(".devcontainer/" + container["build"]["dockerfile"]).read())[1]
needed = re.search(r'rust-version = "(.*)"', open("Cargo.toml").read())[1]
assert rust == needed, (rust, needed)
assert f"--default-toolchain {needed}" in open(".binder/postBuild").read(), needed
print(f"{len(workflows)} workflows, {len(forms)} forms, a dev container and Binder's set-up")
