"""Classroom devices: smart boards, clickers, attendance readers, boxes of exam halls."""
