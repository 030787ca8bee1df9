-- How many visits came to each step on the way to an order, and how many went no further.
WITH steps(place, step, name) AS (VALUES
  (1, 'product', 'Product Viewed'), (2, 'cart', 'Product Added'), (3, 'checkout', 'Checkout Started'),
  (4, 'payment', 'Payment Info Entered'), (5, 'order', 'Order Completed')),
reached AS (
  SELECT steps.place, steps.step, COUNT(DISTINCT session_id) AS visits FROM steps LEFT JOIN happened ON happened.name = steps.name
  GROUP BY steps.place)
SELECT reached.place, reached.step, reached.visits,
       reached.visits - COALESCE((SELECT later.visits FROM reached AS later WHERE later.place = reached.place + 1), reached.visits) AS dropped_off
FROM reached ORDER BY place;
