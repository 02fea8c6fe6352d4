"""The Lambda behind the table's stream; it sees what the stream shows it and reads nothing."""

from lyceum.kit.manifest import Function, PutEvents, SendTasks, Stream

LAMBDAS = (Function("stream", Stream(), permissions=(PutEvents(), SendTasks()), timeout_seconds=20),)
