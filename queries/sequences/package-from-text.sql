-- +++
-- title = "Package installed on the word of a page"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A package was installed that only third-party text had named."
-- impact = "Names in pages can be made up or taken over by somebody else."
-- false_positives = [
--   "Following the documentation of a library.",
-- ]
-- next_steps = [
--   "SELECT time, tool, text, outcome FROM command_acts WHERE session_id = '{session_id}' AND act = 'install'",
--   "Read the session around it.",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI05", "atlas:AML.T0011.001"]
-- [[case]]
-- name = "named by a page"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { subject = "leftpadx", evidence = ["e#3", "e#2"] },
-- ]
-- [[case]]
-- name = "proposed only"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "attempted", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { count = 1 },
-- ]
-- [[case]]
-- name = "two packages"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx", "rightpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "leftpadx and rightpadx", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { subject = "leftpadx" },
--   { subject = "rightpadx" },
-- ]
-- [[case]]
-- name = "the user named it too"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 1, role = "user", kind = "text", text = "use leftpadx", bytes = 12, time = 2026-03-01T09:01:00Z, record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "the system prompt named it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 0, role = "system", kind = "text", text = "use leftpadx", bytes = 12, time = 2026-03-01T09:00:00Z, record_id = 0 },
-- ]
-- expect = []
-- [[case]]
-- name = "the page came later"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c3", seq = 3, position = 6, time = 2026-03-01T09:03:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 3, reads_untrusted = true, result_message_id = "m7" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m7", position = 7, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:07:00Z, record_id = 7 },
-- ]
-- expect = []
-- [[case]]
-- name = "a trusted result"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = false, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "another package"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["other"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "not an installation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "run", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "a word of two letters"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["is"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "it is", bytes = 5, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "the word install itself"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["install"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "install it", bytes = 10, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "another conversation"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "d", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "the user had said something else"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m0", position = 0, role = "user", kind = "text", text = "Fix the padding.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { subject = "leftpadx", evidence = ["e#3", "e#2"] },
-- ]
-- [[case]]
-- name = "the user named it only afterwards"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m9", position = 9, role = "user", kind = "text", text = "Why leftpadx?", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { subject = "leftpadx", evidence = ["e#3", "e#2"] },
-- ]
-- [[case]]
-- name = "the model named it"
-- command_acts = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", seq = 2, position = 4, time = 2026-03-01T09:02:00Z, integration = "Claude Code", tool = "Bash", outcome = "ok", record_id = 2, act = "install", nth = 1, program = "npm", subcommand = "install", text = "npm install leftpadx" },
-- ]
-- commands = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c2", position = 4, time = 2026-03-01T09:02:00Z, arguments = ["leftpadx"], record_id = 2, nth = 1, program = "npm" },
-- ]
-- steps = [
--   { login = "ana", device = "n1", agent = "Claude Code", session_id = "s", conversation_id = "c", export_key = "e", call_uid = "c1", seq = 1, position = 2, time = 2026-03-01T09:01:00Z, integration = "web", tool = "fetch", arguments = "{}", outcome = "ok", record_id = 1, reads_untrusted = true, result_message_id = "m3" },
-- ]
-- history_messages = [
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m1", position = 1, role = "assistant", kind = "text", text = "I could use leftpadx.", bytes = 20, time = 2026-03-01T09:00:30Z, record_id = 1 },
--   { login = "ana", device = "n1", session_id = "s", conversation_id = "c", export_key = "e", message_id = "m3", position = 3, role = "tool", kind = "tool_result", text = "Try leftpadx for this.", bytes = 22, time = 2026-03-01T09:03:00Z, record_id = 3 },
-- ]
-- expect = [
--   { subject = "leftpadx", evidence = ["e#3", "e#2"] },
-- ]
-- +++
WITH installs AS (
  SELECT a.*, unnest(c.arguments) AS package
  FROM command_acts a
  JOIN commands c ON c.call_uid = a.call_uid AND c.nth = a.nth
  WHERE a.act = 'install'
),
named AS (
  SELECT i.call_uid, i.package, min(u.integration || '/' || u.tool) AS source, min(u.seq) AS u_seq,
         first_value(m.export_key ORDER BY m.position, m.message_id) AS u_export, first_value(m.record_id ORDER BY m.position, m.message_id) AS u_record
  FROM installs i
  JOIN steps u ON u.conversation_id = i.conversation_id AND u.seq < i.seq
  JOIN history_messages m ON m.message_id = u.result_message_id
  WHERE u.reads_untrusted AND length(i.package) >= 3 AND i.package <> coalesce(i.subcommand, '') AND mentions(m.text, i.package)
  GROUP BY i.call_uid, i.package
),
own AS (
  SELECT DISTINCT i.call_uid, i.package
  FROM installs i
  JOIN history_messages m ON m.conversation_id = i.conversation_id
  WHERE m.role IN ('user', 'system') AND m.position < i.position AND mentions(m.text, i.package)
)
SELECT
  i.package AS subject,
  i.agent || ' of ' || i.login || ' installed ' || i.package || ' with ' || i.program || ', which only a result of ' || n.source || ' had named'
    || CASE i.outcome WHEN 'ok' THEN '; it was executed.' WHEN 'attempted' THEN '; no result was seen, so it was proposed, not executed.' WHEN 'refused' THEN '; it was refused.' ELSE '; it failed.' END AS reason,
  i.time AS first_seen,
  i.time AS last_seen,
  CAST(1 AS BIGINT) AS count,
  i.session_id,
  i.login,
  i.device,
  i.agent,
  i.tool,
  i.integration,
  i.call_uid || ' ' || i.package AS key,
  make_array(evidence(n.u_export, n.u_record), evidence(i.export_key, i.record_id)) AS evidence
FROM installs i
JOIN named n ON n.call_uid = i.call_uid AND n.package = i.package
LEFT JOIN own o ON o.call_uid = i.call_uid AND o.package = i.package
WHERE o.call_uid IS NULL
ORDER BY i.session_id, i.seq, i.package
