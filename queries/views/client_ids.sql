-- +++
-- doc = "The account and device ids that clients sent in the window, by login and device. Clients choose them."
-- [columns]
-- account = "Account id, or what an application calls its user."
-- client_device = "Device or installation id."
-- requests = "Requests that carried them."
-- agents = "Agents that sent them, sorted."
-- first_seen = "First such request in the window."
-- last_seen = "Last such request in the window."
-- account_logins = "Logins of the whole lake that sent this account."
-- +++
WITH used AS (
  SELECT client_account_id AS account, count(DISTINCT login) AS account_logins
  FROM history_requests
  WHERE client_account_id IS NOT NULL
  GROUP BY client_account_id
)
SELECT r.login, r.device, r.client_account_id AS account, r.client_device_id AS client_device, count(*) AS requests,
       array_agg(DISTINCT r.agent ORDER BY r.agent) AS agents, min(r.time) AS first_seen, max(r.time) AS last_seen,
       coalesce(min(u.account_logins), 0) AS account_logins
FROM requests r
LEFT JOIN used u ON u.account = r.client_account_id
WHERE r.client_account_id IS NOT NULL OR r.client_device_id IS NOT NULL
GROUP BY r.login, r.device, r.client_account_id, r.client_device_id
