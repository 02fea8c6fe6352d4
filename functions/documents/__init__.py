"""Documents: typesets what other domains order, by the task `document.render`."""
