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
        val isInterest: Boolean = json.optString("basis") == "legitimate_interest"
        val requires: List<String> = json.strings("requires")

        /** Numbers of the TCF's purposes. */
        val tcf: List<Int> = json.numbers("tcf")

        /** What the law lets people say no to by a browser's signal, they may say no to by name. */
        val isSold: Boolean = !json.has("signals") || "gpc" in json.strings("signals")

        /** Whether it is the person's to decide. */
        fun isOpen(state: ConsentState): Boolean = state.purposes[id]?.state != "exempt"
    }

    class Vendor(json: JSONObject) {
        val id: String = json.optString("id")
        val name: String = json.text("name") ?: id
        val purposes: List<String> = json.strings("purposes")
        val privacyUrl: String? = json.text("privacy_url")
        val tcfId: Int? = if (json.has("tcf_id")) json.optInt("tcf_id") else null
    }

    val revision: String = consent.optString("revision")
    val purposes: List<Purpose> = consent.objects("purposes").map(::Purpose)
    val vendors: List<Vendor> = consent.objects("vendors").map(::Vendor)

    /** What others run; it has names and purposes, as vendors have. */
    val services: List<Vendor> = consent.objects("services").map(::Vendor)
    private val controller = consent.optJSONObject("controller") ?: JSONObject()
    val policyUrl: String? = controller.text("policy_url")
    val contact: String? = controller.text("contact")
    private val iab = consent.optJSONObject("iab") ?: JSONObject()

    /** The rules of the TCF apply: there is a registered CMP. */
    val isTcf: Boolean = iab.optInt("cmp_id") > 1

    /** Of the vendor list that people are shown; null: not said. */
    val vendorListVersion: Int? = iab.optInt("vendor_list_version").takeIf { it > 0 }
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

internal fun JSONObject.numbers(name: String): List<Int> {
    val list = optJSONArray(name) ?: return emptyList()
    return List(list.length()) { list.optInt(it, -1) }.filter { it >= 0 }
}
