-- +++
-- doc = "Every tool call of the lake with what it can do. A capability is null when it depends on the arguments."
-- [columns]
-- untrusted = "Returns text that third parties wrote."
-- private = "Reads private data."
-- secret = "Reads credentials."
-- egress = "Sends data out."
-- state_change = "Changes state."
-- destructive = "Removes or overwrites data."
-- install = "Installs software."
-- persistence = "Leaves something behind that acts in later sessions."
-- guard_off = "Switches a protection off."
-- executes = "Runs commands or code."
-- +++
SELECT c.*,
       l.untrusted, l.private, l.secret, l.egress, l.state_change, l.destructive, l.install, l.persistence, l.guard_off, l.executes,
       l.untrusted_reason, l.private_reason, l.secret_reason, l.egress_reason, 
       l.state_change_reason, l.destructive_reason, l.install_reason, l.persistence_reason, l.guard_off_reason, l.executes_reason,
       l.capabilities, l.label_source, l.risk, l.risk_reason
FROM history_tool_calls c
LEFT JOIN tool_labels l ON l.integration = c.integration AND l.tool = c.tool
