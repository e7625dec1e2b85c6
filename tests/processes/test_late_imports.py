"""Modules that libraries import whether or not they are needed."""

import subprocess
import sys

LEFT_OUT = """
import sys
from nwbgate.processes.late_imports import left_out
import json
with left_out("json", "wave", "no_such_module"):
    try:
        import wave
    except ImportError:
        print("absent")
    import json
    print(json.dumps(1))
import wave
print(wave.__name__, "no_such_module" in sys.modules)
"""
PUT_OFF = """
import sys
from nwbgate.processes.late_imports import put_off
import xml
put_off("xml.sax", "xml.no_such_module")
print("xml.sax.handler" in sys.modules, "xml.no_such_module" in sys.modules)
print(xml.sax.SAXException.__name__, "xml.sax.handler" in sys.modules)
import xml.sax as again
put_off("xml.sax")
print(again is xml.sax is sys.modules["xml.sax"])
"""


def printed(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_a_module_left_out_is_absent_until_the_others_are_imported():
    assert printed(LEFT_OUT) == ["absent", "1", "wave False"]


def test_a_module_put_off_loads_on_its_first_use():
    assert printed(PUT_OFF) == ["False False", "SAXException True", "True"]
