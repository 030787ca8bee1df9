// What the shop sells. Prices are whole cents: money is never a fraction in this shop.

const product = (slug, name, category, brand, variant, cents, line, details) => ({
  id: slug,
  sku: `FP-${slug.toUpperCase().replaceAll("-", "").slice(0, 8)}`,
  slug,
  name,
  category,
  brand,
  variant,
  cents,
  line,
  details,
  image: `img/${slug}.svg`,
});

export const CURRENCY = "EUR";

export const DEPARTMENTS = ["Wayfinding", "Light", "Boots", "Carry"];

export const PRODUCTS = [
  product("meridian-compass", "Meridian compass", "Wayfinding", "Northing", "clear", 4900,
    "A baseplate compass that settles before you have stopped breathing hard.",
    ["Needle at rest in under three seconds", "Scales for 1:25,000 and 1:50,000", "Made to be read in gloves"]),
  product("high-moor-map", "High Moor, sheet 7", "Wayfinding", "Fingerpost", "1:25,000", 1450,
    "Every wall, ford and sheepfold between the two reservoirs.",
    ["Printed on paper that folds a thousand times", "Contours every five metres", "Walked again in spring 2026"]),
  product("route-card-book", "Route card book", "Wayfinding", "Fingerpost", "48 cards", 1250,
    "Leave one card on the dashboard and take the other with you.",
    ["Carbonless double pages", "Room for bearings, legs and times", "Fits the map pocket"]),
  product("six-blast-whistle", "Six-blast whistle", "Wayfinding", "Cairn", "signal red", 890,
    "Six blasts a minute is help. This one is heard across a valley.",
    ["No pea to freeze", "Clips to a strap", "Floats"]),
  product("hut-lantern", "Hut lantern", "Light", "Dusk", "brass", 6900,
    "Warm light for a table of six, and low enough to sleep by.",
    ["Forty hours on one charge", "Hangs or stands", "Glass that can be replaced"]),
  product("dusk-headtorch", "Dusk headtorch", "Light", "Dusk", "red mode", 5450,
    "Comes on in red, so that nobody at the table is blinded.",
    ["350 lumens when it matters", "78 grams with its band", "Rain from any side"]),
  product("wool-socks", "Two-day wool socks", "Boots", "Fell", "charcoal", 2200,
    "Wear them two days running. Nobody will say a word.",
    ["Merino with a flat toe seam", "Darned free for three years", "Four sizes"]),
  product("boot-balm", "Boot balm", "Boots", "Fell", "100 ml", 1390,
    "Beeswax and patience, in a tin.",
    ["For smooth and nubuck leather", "One tin does six pairs", "Smells of pine"]),
  product("long-laces", "Laces that stay", "Boots", "Fell", "180 cm", 690,
    "Waxed cord that holds the knot you tied at the car.",
    ["Polyester core", "Metal tips", "For seven to nine eyelets"]),
  product("day-pack-18", "Day pack 18", "Carry", "Cairn", "moss", 11900,
    "Eighteen litres: lunch, layers and somebody else's layers.",
    ["Waxed cotton", "Pocket that fits a folded map", "620 grams"]),
  product("ridge-flask", "Ridge flask", "Carry", "Cairn", "0.75 l", 3150,
    "Tea at noon that was made at six.",
    ["Hot for fourteen hours", "Cup for a lid", "Opens with cold hands"]),
  product("trail-cup", "Trail cup", "Carry", "Cairn", "enamel", 1190,
    "Dents with dignity.",
    ["Enamel on steel", "Goes on the stove", "350 ml"]),
];

export const findProduct = (slug) => PRODUCTS.find((item) => item.slug === slug);
