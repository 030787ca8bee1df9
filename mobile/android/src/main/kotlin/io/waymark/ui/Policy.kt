package io.waymark.ui

import io.waymark.ConsentState
import io.waymark.objects
import io.waymark.strings
import io.waymark.text
import org.json.JSONException
import org.json.JSONObject

/** The policy as the config says it, for the eye; nobody but the engine judges it. */
internal class Policy private constructor(consent: JSONObject) {
    class Purpose(json: JSONObject) {
        val id: String = json.optString("id")
        private val basis = json.optString("basis")
        val isInterest: Boolean = basis == "legitimate_interest"
        private val isAsked = basis == "consent" || isInterest
        val requires: List<String> = json.strings("requires")

        /** Whether it is the person's to decide. */
        fun isOpen(state: ConsentState?): Boolean =
            state?.purposes?.get(id)?.let { it.state != "exempt" } ?: isAsked
    }

    class Vendor(json: JSONObject) {
        val id: String = json.optString("id")
        val name: String = json.text("name") ?: id
        val purposes: List<String> = json.strings("purposes")
    }

    val revision: String = consent.optString("revision")
    val purposes: List<Purpose> = consent.objects("purposes").map(::Purpose)
    val vendors: List<Vendor> = consent.objects("vendors").map(::Vendor)
    val policyUrl: String? = consent.optJSONObject("controller")?.text("policy_url")
    private val ui = consent.optJSONObject("ui") ?: JSONObject()
    val languages: List<String> = ui.strings("languages")

    /** The owner's words for a language: they go before ours. */
    fun texts(language: String): JSONObject? = ui.optJSONObject("texts")?.optJSONObject(language)

    companion object {
        fun of(config: String): Policy = try {
            Policy(JSONObject(config).optJSONObject("consent") ?: JSONObject())
        } catch (_: JSONException) {
            Policy(JSONObject())
        }
    }
}
