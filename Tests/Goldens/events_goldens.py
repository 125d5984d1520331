"""Writes the records of an event file as the package tensorboard writes them; a test compares them byte by byte.

Pinned: tensorboard 2.21.0. Run: python events_goldens.py
"""

import json
import pathlib

import tensorboard
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter

assert tensorboard.__version__ == "2.21.0", tensorboard.__version__


class Sink:
    """A file that keeps what is written."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data


def record(event):
    sink = Sink()
    RecordWriter(sink).write(event.SerializeToString(deterministic=True))
    return sink.data.hex()


def scalars(values):
    return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values])


def text(tag, content):
    tensor = TensorProto(
        dtype=7,  # DT_STRING
        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]),
        string_val=[content.encode()],
    )
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return Summary(value=[Summary.Value(tag=tag, metadata=metadata, tensor=tensor)])


cases = {
    "version": Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    "restart": Event(wall_time=1700000001.5, session_log=SessionLog(status=SessionLog.START)),
    "scalars": Event(
        wall_time=1700000002.0,
        step=300,
        summary=scalars([("training/loss", 2.5), ("training/learning_rate", 0.1), ("x", -3e-7)]),
    ),
    "text": Event(wall_time=1700000003.0, step=7, summary=text("samples", "**Ann**: größer 🍎\n" * 20)),
}
out = pathlib.Path(__file__).with_name("reports_events.json")
out.write_text(json.dumps({name: record(event) for name, event in cases.items()}, indent=1) + "\n")
