package io.waymark.platform

import android.content.Context
import android.content.SharedPreferences

/**
 * IABTCF_… and IABGPP_… in the app's default preferences, where vendors' libraries look for
 * them: numbers as Int, texts as String. Nothing else is ever put there.
 */
internal class Preferences(private val context: Context) {
    // The name that android.preference.PreferenceManager gives them.
    private val preferences: SharedPreferences by lazy {
        context.getSharedPreferences("${context.packageName}_preferences", Context.MODE_PRIVATE)
    }

    fun put(name: String, value: Any?) {
        val edit = preferences.edit()
        when (value) {
            is Number -> edit.putInt(name, value.toInt())
            is String -> edit.putString(name, value)
            else -> edit.remove(name)
        }
        edit.apply()
    }
}
