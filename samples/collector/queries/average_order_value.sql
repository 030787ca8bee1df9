-- What an order brings.
SELECT COUNT(*) AS orders, SUM(total) / COUNT(*) AS average_order_value FROM orders;
