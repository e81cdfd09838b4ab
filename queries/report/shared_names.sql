-- Names of tools that several integrations have, those that one agent offers together first.
SELECT tool, integrations, together_users, calls
FROM shared_tool_names
ORDER BY coalesce(array_length(together_users), 0) = 0, tool
