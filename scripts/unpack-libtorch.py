"""Takes libtorch out of a PyTorch wheel: `unpack-libtorch.py WHEEL_FOLDER TARGET_FOLDER [SHA256]`.

Only the headers and the libraries are kept; what speaks Python or belongs to PyTorch's own tests is left out.
"""

import hashlib
import pathlib
import shutil
import sys
import zipfile

LEFT_OUT = ("torch_python", "jitbackend_test", "torchbind_test", "backend_with_compiler", "aoti_custom_ops")


def is_wanted(name: str) -> bool:
    if name.endswith("/") or not name.startswith(("torch/lib/", "torch/include/")):
        return False
    return not (name.startswith("torch/lib/lib") and any(part in name for part in LEFT_OUT))


def check(wheel: pathlib.Path, expected: str) -> None:
    digest = hashlib.sha256()
    with wheel.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    if digest.hexdigest() != expected:
        sys.exit(
            f"bootstrap: error: {wheel.name} has the SHA-256 {digest.hexdigest()}, not the pinned {expected}.\n"
            "  The download is damaged, or the index serves another file under this name. Run this again;\n"
            "  if it stays so, name a libtorch that you trust: LIBTORCH=/path/to/libtorch make setup"
        )


def main() -> None:
    folder, target = map(pathlib.Path, sys.argv[1:3])
    wheels = list(folder.glob("torch-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"bootstrap: error: pip left {len(wheels)} wheels of torch where one was expected.")
    if len(sys.argv) > 3 and sys.argv[3]:
        check(wheels[0], sys.argv[3])
    with zipfile.ZipFile(wheels[0]) as archive:
        for member in archive.infolist():
            if is_wanted(member.filename):
                path = target / pathlib.PurePosixPath(member.filename).relative_to("torch")
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
                path.chmod((member.external_attr >> 16) & 0o777 or 0o644)


main()
