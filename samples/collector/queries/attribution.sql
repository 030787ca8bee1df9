-- What each channel has earned of all orders by the six models that the engine has, too: touches of the 90 days before an order;
-- time decay with a half-life of 7 days; position: 40 % the first, 40 % the last, 20 % those between.
WITH paths AS (
  SELECT orders.order_id, orders.total, touches.channel, touches.time_ms,
         ROW_NUMBER() OVER path AS place, COUNT(*) OVER whole AS touches,
         MAX(touches.time_ms) OVER whole AS latest_ms,
         MAX(CASE WHEN touches.channel <> 'direct' THEN touches.time_ms END) OVER whole AS non_direct_ms
  FROM orders JOIN touches ON touches.customer = orders.customer AND touches.time_ms <= orders.time_ms
    AND orders.time_ms - touches.time_ms <= 90 * 86400000
  WINDOW whole AS (PARTITION BY orders.order_id), path AS (PARTITION BY orders.order_id ORDER BY touches.time_ms)),
weights AS (
  SELECT order_id, total, channel, place = 1 AS first, place = touches AS last,
         time_ms = COALESCE(non_direct_ms, latest_ms) AS last_non_direct, 1.0 AS linear,
         POW(0.5, (latest_ms - time_ms) / (7 * 86400000.0)) AS time_decay,
         CASE WHEN touches <= 2 THEN 1.0 WHEN place IN (1, touches) THEN 2.0 * (touches - 2) ELSE 1.0 END AS position
  FROM paths),
shares AS (
  SELECT total, channel, first, last, last_non_direct,
         linear / SUM(linear) OVER one AS linear, time_decay / SUM(time_decay) OVER one AS time_decay,
         position / SUM(position) OVER one AS position
  FROM weights WINDOW one AS (PARTITION BY order_id))
SELECT channel, SUM(first) AS first, SUM(last) AS last, SUM(last_non_direct) AS last_non_direct,
       SUM(linear) AS linear, SUM(time_decay) AS time_decay, SUM(position) AS position,
       SUM(linear * total) AS linear_value
FROM shares GROUP BY channel ORDER BY channel;
