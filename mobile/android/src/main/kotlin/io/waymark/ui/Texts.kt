package io.waymark.ui

import android.content.res.Configuration
import java.util.Locale
import org.json.JSONException
import org.json.JSONObject

/**
 * The words of the consent screen: those of the web banner (js/src/banner/texts), which the build
 * puts beside the classes, and the owner's own, which go before them.
 */
internal class Texts private constructor(
    val language: String,
    private val layers: List<JSONObject>,
) {
    /** A text with its values; empty where there is none, or where the owner took it away. */
    fun say(name: String, vararg values: Pair<String, Any>): String {
        val text = layers.firstOrNull { it.has(name) }?.optString(name).orEmpty()
        return values.fold(text) { said, (value, put) -> said.replace("{$value}", put.toString()) }
    }

    /** An id that nobody has named is shown as it is. */
    fun nameOf(purpose: String): String = say("purposes.$purpose").ifEmpty { purpose }

    companion object {
        private const val FALLBACK = "en"

        fun of(policy: Policy, preferred: List<Locale>): Texts {
            val language = choose(policy, preferred)
            val words = listOfNotNull(policy.texts(language), load(language), load(FALLBACK))
            return Texts(language, words)
        }

        // The first of the person's languages that the owner speaks and that we have words for.
        private fun choose(policy: Policy, preferred: List<Locale>): String {
            val wanted = preferred.flatMap { listOf(it.toLanguageTag(), modern(it.language)) }
            val spoken = policy.languages
            val known = { tag: String -> policy.texts(tag) != null || load(tag) != null }
            return wanted.firstOrNull { (spoken.isEmpty() || it in spoken) && known(it) }
                ?: spoken.firstOrNull() ?: FALLBACK
        }

        // Java keeps names that ISO 639 has given up; Norwegian has one file for both forms.
        private fun modern(language: String) = when (language) {
            "iw" -> "he"
            "nb", "nn" -> "no"
            else -> language
        }

        private fun load(tag: String): JSONObject? {
            if (!tag.all { it.isLetterOrDigit() || it == '-' }) return null
            val file = "/io/waymark/texts/$tag.json"
            val stream = Texts::class.java.getResourceAsStream(file) ?: return null
            return try {
                JSONObject(stream.use { String(it.readBytes(), Charsets.UTF_8) })
            } catch (_: JSONException) {
                null
            }
        }
    }
}

/** The person's, the dearest first. */
internal fun Configuration.languages(): List<Locale> = List(locales.size()) { locales[it] }
