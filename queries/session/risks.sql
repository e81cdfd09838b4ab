-- The suggested risk of every tool; a session shows it beside the calls.
SELECT integration, tool, risk, risk_reason FROM tool_labels ORDER BY integration, tool
