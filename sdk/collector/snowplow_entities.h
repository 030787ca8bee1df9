// Snowplow's e-commerce entities, made from an event's properties.
//
// Schemas: transaction, product, cart, checkout_step and refund, 1-0-0, of the vendor
// com.snowplowanalytics.snowplow.ecommerce.
// Only fields of the right type and range are written: one wrong field would turn the whole event
// into a bad row. Property names are those of Segment's e-commerce specification.
#ifndef WAYMARK_COLLECTOR_SNOWPLOW_ENTITIES_H_
#define WAYMARK_COLLECTOR_SNOWPLOW_ENTITIES_H_

#include "base/json_writer.h"
#include "event/vocabulary.h"

namespace waymark {

// Writes {"schema": …, "data": …} elements into the array that is open.
void WriteEntities(JsonWriter* writer, Entities kind, JsonView properties);

}  // namespace waymark

#endif  // WAYMARK_COLLECTOR_SNOWPLOW_ENTITIES_H_
