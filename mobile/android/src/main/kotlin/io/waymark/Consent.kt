package io.waymark

import io.waymark.ui.ConsentScreens
import io.waymark.ui.Policy
import io.waymark.ui.VendorList
import java.util.Locale
import kotlin.concurrent.thread
import org.json.JSONObject

/** What the person allows. Get one from [Waymark.consent]. */
class Consent internal constructor(private val client: Client, config: String) {
    private val policy by lazy { Policy.of(config) }

    @Volatile private var vendorList: VendorList? = null

    /** Null: not open yet. */
    val state: ConsentState? get() = client.view()?.consent

    /** Whether somebody is to be asked now. */
    val isDue: Boolean get() = state?.run { due.isNotEmpty() || conflicts.isNotEmpty() } == true

    /**
     * What the consent screen shows as things stand, for a screen of your own; null: not open yet.
     *
     * @param languages the person's, the dearest first.
     */
    fun screens(languages: List<Locale>): ConsentScreens? =
        state?.let { ConsentScreens(policy, it, languages, vendorList) }

    // It may be long: nobody waits for it.
    internal fun read(list: String, words: String?) {
        thread(isDaemon = true, name = "waymark-vendor-list") {
            vendorList = VendorList.read(list, words, policy, client::tell)
            client.tellView()
        }
    }

    /**
     * A decision. Purposes that are not named stay as they are. From this call on nothing is
     * written to the device on the strength of what was decided before.
     *
     * @param shown what the person saw, for the decision log; at most 1,000 bytes.
     */
    @JvmOverloads
    fun set(choices: Map<String, Choice>, shown: Map<String, Any?>? = null): Status =
        decide(choices, null, shown)

    /** What the person's account says: it fills gaps; where it differs the purpose is denied. */
    fun setFromAccount(choices: Map<String, Choice>): Status = decide(choices, "account", null)

    /** Takes back: what was kept for these purposes goes, here and at the collectors that can. */
    fun withdraw(vararg purposes: String): Status = set(purposes.associateWith { Choice.DENIED })

    private fun decide(
        choices: Map<String, Choice>,
        source: String?,
        shown: Map<String, Any?>?,
    ): Status = client.writing {
        val decided = Json.utf8(Json.write(choices.mapValues { it.value.value }))
        val seen = Json.utf8(shown?.let(Json::write))
        client.run { Native.setConsent(it, decided, Json.utf8(source), seen) }
    }

    /** What becomes of such an event now, and why. */
    suspend fun explain(name: String): JSONObject? = client.await(
        mapOf("query" to "explain", "event" to mapOf("type" to "track", "name" to name)),
    )

    /** The decision log: `entries`, `anchor`. */
    suspend fun records(): JSONObject? = client.await(RECORDS)

    /** The same for Java, on the client's own thread. */
    fun records(answer: Callback<JSONObject>): Status = client.ask(RECORDS, answer::onResult)

    private companion object {
        val RECORDS = mapOf("type" to "records")
    }
}
