package io.waymark.sample

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.view.View
import android.widget.Button
import android.widget.LinearLayout
import io.waymark.ui.ConsentDialog
import io.waymark.ui.ConsentEntry
import io.waymark.vocabulary.Product
import io.waymark.vocabulary.ProductAdded

/** One product, and the way to the privacy settings. Screen, link and push need no line here. */
class ShopActivity : Activity() {
    private val waymark get() = (application as ShopApplication).waymark

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(
            LinearLayout(this).apply {
                orientation = LinearLayout.VERTICAL
                addView(button("Compass, 49 €: into the cart") { addCompass() })
                addView(button("Order") { order() })
                addView(ConsentEntry(this@ShopActivity).apply { attach(waymark) })
            },
        )
        ConsentDialog.askWhenDue(this, waymark)
    }

    // So that a link that reaches this activity again is seen.
    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
    }

    private fun addCompass() {
        waymark.track(ProductAdded(productId = "compass-01", name = "Compass", price = 49.0, currency = "EUR"))
    }

    private fun order() {
        val compass = Product(productId = "compass-01", price = 49.0, quantity = 1)
        waymark.track(
            "order_completed",
            mapOf("order_id" to "A-1", "total" to 49.0, "products" to listOf(compass.toProperties())),
        )
    }

    private fun button(words: String, click: (View) -> Unit) =
        Button(this).apply {
            text = words
            setOnClickListener(click)
        }
}
