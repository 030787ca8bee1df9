-- What the other queries read: visits, touches, orders and refunds of a site whose config has `"journey": {"context": true}`
-- and a Segment collector. Read this file first:
--
--   sqlite3 events.db ".read touches.sql" ".read attribution.sql"
CREATE TEMP TABLE happened AS
  SELECT anonymous_id AS customer, session_id, time_ms, kind, name, event FROM events WHERE protocol = 'segment';

-- What began with an event: context.journey.touch is told once for each.
CREATE TEMP TABLE touches AS
  SELECT customer, session_id, time_ms, event ->> '$.context.journey.touch.channel' AS channel FROM happened
  WHERE event ->> '$.context.journey.touch.channel' IS NOT NULL;

CREATE INDEX temp.touches_by_session ON touches(session_id, time_ms);
CREATE INDEX temp.touches_by_customer ON touches(customer, time_ms);
CREATE INDEX temp.happened_by_name ON happened(name);
CREATE INDEX temp.happened_by_customer ON happened(customer, time_ms);

-- A visit is a session; its channel is that of its first touch.
CREATE TEMP TABLE visits AS
  SELECT happened.customer, happened.session_id, MIN(happened.time_ms) AS began_ms, MAX(happened.time_ms) AS ended_ms,
         COUNT(*) AS events,
         (SELECT channel FROM touches WHERE touches.session_id = happened.session_id ORDER BY time_ms LIMIT 1) AS channel
  FROM happened WHERE session_id IS NOT NULL GROUP BY happened.session_id;

CREATE INDEX temp.visits_by_session ON visits(session_id);

-- An order that is told twice, by a page that is loaded again, is one.
CREATE TEMP TABLE orders AS
  SELECT customer, session_id, MIN(time_ms) AS time_ms, event ->> '$.properties.order_id' AS order_id,
         CAST(event ->> '$.properties.total' AS REAL) AS total
  FROM happened WHERE name = 'Order Completed' GROUP BY customer, order_id;

CREATE TEMP TABLE refunds AS
  SELECT customer, event ->> '$.properties.order_id' AS order_id, CAST(event ->> '$.properties.total' AS REAL) AS total
  FROM happened WHERE name = 'Order Refunded';
CREATE INDEX temp.orders_by_session ON orders(session_id);

-- Who is the same as whom.
CREATE TEMP TABLE aliases AS SELECT anonymous_id, event FROM events WHERE protocol = 'segment' AND kind = 'alias';
