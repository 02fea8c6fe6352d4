/* Gives a page of SCORM its programming interface: `API` (SCORM 1.2, 3.3) or `API_1484_11` (SCORM 2004, 3.3).
   Calls are answered at once from what the page began with; what changes is told to the platform behind them. */
(function (begins) {
  "use strict";
  var isNew = begins.form === "scorm2004";
  var name = isNew ? "API_1484_11" : "API";
  var outer = null;
  try {
    outer = window.parent !== window && window.parent[name] ? window.parent[name] : null;
  } catch (refused) {
    outer = null; // the page around this one is of another origin
  }
  if (outer) {
    window[name] = outer;
    return;
  }

  var values = begins.kept;
  var sent = begins.sent;
  var state = "new";
  var error = "0";
  var changed = false;
  var waiting = null;
  var began = Date.now();
  var saved = values[isNew ? "cmi.total_time" : "cmi.core.total_time"];
  var CODES = isNew
    ? { early: "122", late: "123", setEarly: "132", setLate: "133", commitEarly: "142", commitLate: "143",
        endEarly: "112", endLate: "113", again: "103", over: "104", argument: "201", unknown: "401",
        readOnly: "404", writeOnly: "405", type: "406", range: "407", empty: "403", get: "301", order: "351" }
    : { early: "301", late: "301", setEarly: "301", setLate: "301", commitEarly: "301", commitLate: "301",
        endEarly: "301", endLate: "301", again: "101", over: "101", argument: "201", unknown: "201",
        readOnly: "403", writeOnly: "404", type: "405", range: "405", empty: "0", get: "201", order: "201" };
  var TEXTS = {
    0: "No error", 101: "General exception", 103: "Already initialized", 104: "Content instance terminated",
    112: "Termination before initialization", 113: "Termination after termination",
    122: "Retrieve data before initialization", 123: "Retrieve data after termination",
    132: "Store data before initialization", 133: "Store data after termination",
    142: "Commit before initialization", 143: "Commit after termination", 201: "Invalid argument",
    301: isNew ? "General get failure" : "Not initialized", 351: "General set failure",
    401: isNew ? "Undefined data model element" : "Not implemented", 403: isNew ? "Value not initialized" : "Read only",
    404: isNew ? "Read only" : "Write only", 405: isNew ? "Write only" : "Incorrect data type",
    406: "Type mismatch", 407: "Value out of range"
  };

  /* Elements: r is read only, w write only; a list names its words, a pair of numbers its range. */
  var words12 = ["passed", "completed", "failed", "incomplete", "browsed", "not attempted"];
  var elements = isNew
    ? {
        "cmi._version": "r", "cmi.completion_status": ["completed", "incomplete", "not attempted", "unknown"],
        "cmi.completion_threshold": "r", "cmi.credit": "r", "cmi.entry": "r",
        "cmi.exit": { only: "w", words: ["time-out", "suspend", "logout", "normal", ""] }, "cmi.launch_data": "r",
        "cmi.learner_id": "r", "cmi.learner_name": "r", "cmi.learner_preference.audio_level": {},
        "cmi.learner_preference.language": {}, "cmi.learner_preference.delivery_speed": {},
        "cmi.learner_preference.audio_captioning": ["-1", "0", "1"], "cmi.location": {}, "cmi.max_time_allowed": "r",
        "cmi.mode": "r", "cmi.progress_measure": { least: 0, most: 1 }, "cmi.scaled_passing_score": "r",
        "cmi.score.scaled": { least: -1, most: 1 }, "cmi.score.raw": { least: -1e9, most: 1e9 },
        "cmi.score.min": { least: -1e9, most: 1e9 }, "cmi.score.max": { least: -1e9, most: 1e9 },
        "cmi.session_time": { only: "w" }, "cmi.success_status": ["passed", "failed", "unknown"],
        "cmi.suspend_data": {}, "cmi.time_limit_action": "r", "cmi.total_time": "r", "adl.nav.request": {},
        "adl.nav.request_valid.continue": "r", "adl.nav.request_valid.previous": "r"
      }
    : {
        "cmi.core.student_id": "r", "cmi.core.student_name": "r", "cmi.core.lesson_location": {},
        "cmi.core.credit": "r", "cmi.core.lesson_status": words12, "cmi.core.entry": "r",
        "cmi.core.score.raw": { least: 0, most: 100, empty: true }, "cmi.core.total_time": "r",
        "cmi.core.score.min": { least: 0, most: 100, empty: true },
        "cmi.core.score.max": { least: 0, most: 100, empty: true }, "cmi.core.lesson_mode": "r",
        "cmi.core.exit": { only: "w", words: ["time-out", "suspend", "logout", ""] },
        "cmi.core.session_time": { only: "w" }, "cmi.suspend_data": {}, "cmi.launch_data": "r", "cmi.comments": {},
        "cmi.comments_from_lms": "r", "cmi.student_data.mastery_score": "r",
        "cmi.student_data.max_time_allowed": "r", "cmi.student_data.time_limit_action": "r",
        "cmi.student_preference.audio": {}, "cmi.student_preference.language": {},
        "cmi.student_preference.speed": {}, "cmi.student_preference.text": {}
      };
  var lists = isNew
    ? /^cmi\.(interactions|objectives|comments_from_learner)\.(\d{1,3})\.[a-z_0-9.]+$/
    : /^cmi\.(interactions|objectives)\.(\d{1,3})\.[a-z_0-9.]+$/;

  function fixed() {
    var unit = begins.unit, learner = begins.learner;
    var resumed = values[isNew ? "cmi.exit" : "cmi.core.exit"] === "suspend";
    var entry = resumed ? "resume" : begins.sent || Object.keys(values).length ? "" : "ab-initio";
    return isNew
      ? {
          "cmi._version": "1.0", "cmi.credit": "credit", "cmi.mode": "normal", "cmi.entry": entry,
          "cmi.launch_data": unit.parameters, "cmi.learner_id": learner.id, "cmi.learner_name": learner.name,
          "cmi.completion_threshold": unit.completion, "cmi.scaled_passing_score": unit.mastery,
          "cmi.time_limit_action": "continue,no message", "cmi.total_time": saved || "PT0S",
          "adl.nav.request_valid.continue": "unknown", "adl.nav.request_valid.previous": "unknown"
        }
      : {
          "cmi.core.student_id": learner.id, "cmi.core.student_name": learner.name, "cmi.core.credit": "credit",
          "cmi.core.lesson_mode": "normal", "cmi.core.entry": entry, "cmi.core.total_time": saved || "0000:00:00.00",
          "cmi.launch_data": unit.parameters, "cmi.comments_from_lms": "",
          "cmi.student_data.mastery_score": unit.mastery === null ? "" : String(Math.round(unit.mastery * 1e4) / 100),
          "cmi.student_data.max_time_allowed": "", "cmi.student_data.time_limit_action": "continue,no message"
        };
  }
  var given = fixed();
  var defaults = isNew
    ? { "cmi.completion_status": "unknown", "cmi.success_status": "unknown", "adl.nav.request": "_none_",
        "cmi.learner_preference.audio_level": "1", "cmi.learner_preference.delivery_speed": "1",
        "cmi.learner_preference.audio_captioning": "0", "cmi.learner_preference.language": begins.learner.language }
    : { "cmi.core.lesson_status": "not attempted", "cmi.core.lesson_location": "", "cmi.core.score.raw": "",
        "cmi.core.score.min": "", "cmi.core.score.max": "", "cmi.suspend_data": "", "cmi.comments": "",
        "cmi.student_preference.audio": "0", "cmi.student_preference.speed": "0", "cmi.student_preference.text": "0",
        "cmi.student_preference.language": begins.learner.language };

  function fail(code) {
    error = code;
    return false;
  }

  function counted(path) {
    var start = path + ".", most = 0;
    Object.keys(values).forEach(function (key) {
      if (key.indexOf(start) === 0) {
        most = Math.max(most, parseInt(key.slice(start.length), 10) + 1 || 0);
      }
    });
    return String(most);
  }

  function children(path) {
    var start = path + ".", found = {};
    Object.keys(elements).forEach(function (key) {
      if (key.indexOf(start) === 0) {
        found[key.slice(start.length).split(".")[0]] = true;
      }
    });
    return Object.keys(found).join(",");
  }

  function read(key) {
    error = "0";
    if (/\._count$/.test(key)) {
      return counted(key.slice(0, -7));
    }
    if (/\._children$/.test(key)) {
      var listed = children(key.slice(0, -10));
      if (listed) {
        return listed;
      }
      fail(isNew ? CODES.get : "202");
      return "";
    }
    var rule = elements[key];
    if (rule === undefined && !lists.test(key)) {
      fail(CODES.unknown);
      return "";
    }
    if (rule && rule.only === "w") {
      fail(CODES.writeOnly);
      return "";
    }
    var found = given[key];
    found = found === undefined ? values[key] : found;
    found = found === undefined || found === null ? defaults[key] : found;
    if (found === undefined || found === null) {
      fail(rule === undefined ? CODES.get : CODES.empty);
      return "";
    }
    return String(found);
  }

  function fits(key, value, rule) {
    var words = Array.isArray(rule) ? rule : rule.words;
    if (words && words.indexOf(value) < 0) {
      return fail(CODES.type);
    }
    if (rule.most !== undefined && !(rule.empty && value === "")) {
      if (!/^-?\d+(\.\d+)?$/.test(value)) {
        return fail(CODES.type);
      }
      if (+value < rule.least || +value > rule.most) {
        return fail(CODES.range);
      }
    }
    return value.length > 64000 ? fail(CODES.type) : true;
  }

  function write(key, value) {
    error = "0";
    var rule = elements[key];
    var entry = lists.exec(key);
    if (/\._(count|children)$/.test(key) || rule === "r") {
      return fail(isNew ? CODES.readOnly : rule === "r" ? CODES.readOnly : "402");
    }
    if (rule === undefined && !entry) {
      return fail(CODES.unknown);
    }
    if (entry && +entry[2] > +counted("cmi." + entry[1])) {
      return fail(CODES.order);
    }
    if (rule && !fits(key, value, rule)) {
      return false;
    }
    if (Object.keys(values).length >= 4000 || value.length > 64000) {
      return fail(isNew ? "351" : "101");
    }
    values[key] = value;
    changed = true;
    return true;
  }

  /* Times: 1.2 writes HHHH:MM:SS.SS, 2004 durations of ISO 8601. */
  function seconds(text) {
    if (!text) {
      return 0;
    }
    if (!isNew) {
      var parts = text.split(":");
      return parts.length === 3 ? parts[0] * 3600 + parts[1] * 60 + +parts[2] : 0;
    }
    var found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
    return found ? (found[1] || 0) * 86400 + (found[2] || 0) * 3600 + (found[3] || 0) * 60 + +(found[4] || 0) : 0;
  }

  function written(total) {
    if (isNew) {
      return "PT" + Math.round(total) + "S";
    }
    function two(number) {
      return ("0" + number).slice(-2);
    }
    var hours = Math.floor(total / 3600);
    return ("000" + hours).slice(-4) + ":" + two(Math.floor(total / 60) % 60) + ":" + two(Math.floor(total % 60)) + ".00";
  }

  function close() {
    var said = values[isNew ? "cmi.session_time" : "cmi.core.session_time"];
    var spent = said === undefined ? (Date.now() - began) / 1000 : seconds(said);
    values[isNew ? "cmi.total_time" : "cmi.core.total_time"] = written(seconds(saved) + (spent || 0));
    var status = isNew ? "cmi.completion_status" : "cmi.core.lesson_status";
    if (!isNew && (values[status] === undefined || values[status] === "not attempted")) {
      values[status] = "completed"; // 3.4.4: a unit that says nothing is completed when it ends
    }
    var exit = values[isNew ? "cmi.exit" : "cmi.core.exit"];
    if (exit !== "suspend" && isNew) {
      delete values["cmi.location"];
    }
  }

  function body(finished) {
    sent += 1;
    changed = false;
    return JSON.stringify({ sent: sent, values: values, finished: finished });
  }

  /* A simple request without cookies: its answer need not be read, since what is told again is taken once. */
  function tell(finished) {
    var text = body(finished);
    var small = text.length < 60000;
    fetch(begins.address, {
      method: "POST", body: text, mode: "no-cors", credentials: "omit", keepalive: small,
      headers: { "Content-Type": "text/plain" }
    }).catch(function () {
      changed = true;
      window.setTimeout(function () { tell(state === "over"); }, 5000);
    });
  }

  function start(argument) {
    if (argument !== "") {
      return fail(CODES.argument);
    }
    if (state !== "new") {
      return fail(state === "open" ? CODES.again : CODES.over);
    }
    error = "0";
    state = "open";
    began = Date.now();
    var session = isNew ? "cmi.session_time" : "cmi.core.session_time";
    delete values[session];
    delete values[isNew ? "cmi.exit" : "cmi.core.exit"];
    return true;
  }

  function finish(argument) {
    if (argument !== "") {
      return fail(CODES.argument);
    }
    if (state !== "open") {
      return fail(state === "new" ? CODES.endEarly : CODES.endLate);
    }
    error = "0";
    close();
    state = "over";
    window.clearTimeout(waiting);
    tell(true);
    return true;
  }

  function get(key) {
    if (state !== "open") {
      fail(state === "new" ? CODES.early : CODES.late);
      return "";
    }
    return read(String(key));
  }

  function set(key, value) {
    if (state !== "open") {
      return fail(state === "new" ? CODES.setEarly : CODES.setLate);
    }
    return write(String(key), value === undefined || value === null ? "" : String(value));
  }

  function commit(argument) {
    if (argument !== "") {
      return fail(CODES.argument);
    }
    if (state !== "open") {
      return fail(state === "new" ? CODES.commitEarly : CODES.commitLate);
    }
    error = "0";
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { if (changed) { tell(false); } }, 500);
    return true;
  }

  function asText(call) {
    return function () { return String(call.apply(null, arguments)); };
  }
  var common = {
    last: function () { return error; },
    text: function (code) { return TEXTS[code] || ""; },
    diagnostic: function (code) { return TEXTS[code || error] || ""; }
  };
  window[name] = isNew
    ? { Initialize: asText(start), Terminate: asText(finish), GetValue: get, SetValue: asText(set),
        Commit: asText(commit), GetLastError: common.last, GetErrorString: common.text,
        GetDiagnostic: common.diagnostic, version: "1.0" }
    : { LMSInitialize: asText(start), LMSFinish: asText(finish), LMSGetValue: get, LMSSetValue: asText(set),
        LMSCommit: asText(commit), LMSGetLastError: common.last, LMSGetErrorString: common.text,
        LMSGetDiagnostic: common.diagnostic };
  window.addEventListener("pagehide", function () {
    if (state === "open" && changed) {
      tell(false);
    }
  });
})(/* begins */ null);
