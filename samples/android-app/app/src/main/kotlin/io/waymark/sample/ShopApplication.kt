package io.waymark.sample

import android.app.Application
import android.util.Log
import io.waymark.Options
import io.waymark.Waymark

/** Opens Waymark before the first activity is there, so that this one is seen. */
class ShopApplication : Application() {
    lateinit var waymark: Waymark
        private set

    override fun onCreate() {
        super.onCreate()
        val config = assets.open("waymark.json").bufferedReader().use { it.readText() }
        waymark = Waymark.open(this, config, Options(region = "DE"))
        waymark.addProblemListener { Log.w("shop", "$it") }
    }
}
