package io.waymark

import org.json.JSONObject

/** How things stand: read-only, as of the moment at which it was asked for. */
class View internal constructor(
    /** All of it; `sdk/docs/effect.md` names the members. */
    val json: JSONObject,
) {
    val consent: ConsentState = ConsentState(json.optJSONObject("consent") ?: JSONObject())
    val anonymousId: String? = json.text("anonymous_id")
    val userId: String? = json.text("user_id")
    val sessionId: String? = json.optJSONObject("session")?.text("id")

    /** Events that have been taken and not yet delivered. */
    val queuedEvents: Long = json.optJSONObject("queue")?.optLong("events") ?: 0

    /** What collectors never got, by reason. */
    val losses: Map<String, Long> = json.optJSONObject("losses")
        ?.let { losses -> losses.keys().asSequence().associateWith { losses.optLong(it) } }
        .orEmpty()

    override fun toString(): String = json.toString()
}

enum class Choice(internal val value: String) {
    GRANTED("granted"),
    DENIED("denied"),
}

/** How a purpose stands, and why. */
class PurposeState internal constructor(json: JSONObject) {
    /** `granted`, `denied`, `unknown` or `exempt`. */
    val state: String = json.optString("state", "unknown")

    /** Who decided, or why nobody had to: `person`, `gpc`, `default`, … (`sdk/docs/effect.md`). */
    val why: String = json.optString("why", "default")
    val isGranted: Boolean get() = state == "granted" || state == "exempt"

    /** Denied whatever the person answers, as long as this holds. */
    internal val isImposed: Boolean get() = why == "age" || why == "att" || why == "region"
}

/** What was decided. */
class ConsentState internal constructor(json: JSONObject) {
    val isAnswered: Boolean = json.optBoolean("answered")

    /** Grows with each decision. */
    val generation: Long = json.optLong("generation")
    val region: String? = json.text("region")

    /** `opt_in`, `opt_out` or `notice`. */
    val model: String = json.optString("model", "opt_in")
    val purposes: Map<String, PurposeState> = json.optJSONObject("purposes")
        ?.run { keys().asSequence().associateWith { PurposeState(getJSONObject(it)) } }
        .orEmpty()

    /** Purposes about which the person is to be asked. */
    val due: List<String> = json.strings("due")

    /** The account's answer and this device's differ: denied until the person decides. */
    val conflicts: List<String> = json.strings("conflicts")

    /** Granted by the person in spite of a signal. */
    val contradictions: List<String> = json.strings("contradictions")
}

/** What was refused, or went wrong. Never holds a value of an event. */
data class Problem(
    val code: String,
    /** JSON pointer into the call or the config; empty when neither is meant. */
    val pointer: String,
    val found: String,
    val allowed: String,
)

internal fun JSONObject.text(name: String): String? = (opt(name) as? String)?.ifEmpty { null }
