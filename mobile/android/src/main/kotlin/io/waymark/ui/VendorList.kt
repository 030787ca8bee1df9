package io.waymark.ui

import io.waymark.Problem
import io.waymark.objects
import io.waymark.strings
import io.waymark.text
import io.waymark.ui.ConsentScreen.Row
import org.json.JSONException
import org.json.JSONObject

/**
 * The global vendor list of the TCF, version 3, as far as people are shown it: the purposes in its
 * words, and of each vendor what it does with which data, on which basis, for how long, and what it
 * stores. It is somebody else's: what is not of the expected form is not shown.
 */
internal class VendorList private constructor(
    private val list: JSONObject,
    private val words: JSONObject,
) {
    /** The purposes of these numbers, in the words of the list. */
    fun purposes(ids: List<Int>, texts: Texts): Row? =
        described("tcf.purposes", "purposes", ids, texts)

    /** What the list says of a vendor; nothing of one that is not in it, or was deleted from it. */
    fun vendor(id: Int, texts: Texts): List<Row> {
        val vendor = vendor(id) ?: return emptyList()
        val lines = listOf(
            "tcf.purposes" to named(vendor, "purposes"),
            "tcf.interest" to named(vendor, "legIntPurposes", "purposes"),
            "tcf.special" to named(vendor, "specialPurposes"),
            "tcf.features" to named(vendor, "features") + named(vendor, "specialFeatures"),
            "tcf.data" to named(vendor, "dataDeclaration", "dataCategories"),
            "tcf.storage" to storage(vendor, texts),
        )
        val days = vendor.optJSONObject("dataRetention")?.optInt("stdRetention", -1) ?: -1
        return lines.filter { it.second.isNotEmpty() }
            .map { (name, what) -> Row.Note("${texts.say(name)}: ${what.joinToString()}") } +
            listOf(Row.Note(texts.say("tcf.retention", "days" to days))).filter { days >= 0 } +
            links(vendor, texts)
    }

    /** What needs no choice. */
    fun rest(policy: Policy, texts: Texts): List<Row>? {
        val vendors = policy.vendors.mapNotNull { it.tcfId }.mapNotNull(::vendor)
        val using = { part: String -> vendors.flatMap { it.numbers(part) }.distinct().sorted() }
        val features = items("features", using("features")) +
            items("specialFeatures", using("specialFeatures"))
        return listOfNotNull(
            described("tcf.special", "specialPurposes", using("specialPurposes"), texts),
            fold(texts.say("tcf.features"), features),
        ).ifEmpty { null }
    }

    private fun vendor(id: Int): JSONObject? =
        list.optJSONObject("vendors")?.optJSONObject("$id")?.takeUnless(::isDeleted)

    // Times of the list are all of one form, so they compare as texts.
    private fun isDeleted(vendor: JSONObject): Boolean =
        vendor.text("deletedDate")?.let { it <= list.optString("lastUpdated") } == true

    private fun described(name: String, part: String, ids: List<Int>, texts: Texts): Row? =
        fold(texts.say(name), items(part, ids))

    private fun fold(title: String, items: List<JSONObject>): Row? =
        if (items.isEmpty()) null else Row.Fold("$title: ${items.size}", items.flatMap(::item))

    private fun item(item: JSONObject): List<Row> =
        listOf(Row.Item(item.optString("name"))) +
            (listOf(item.optString("description")) + item.strings("illustrations"))
                .filter { it.isNotEmpty() }.map(Row::Note)

    /** With the words of the person's language, where there are such. */
    private fun items(part: String, ids: List<Int>): List<JSONObject> = ids.mapNotNull { id ->
        val item = { from: JSONObject -> from.optJSONObject(part)?.optJSONObject("$id") }
        item(list)?.let { known -> item(words)?.takeIf { it.text("name") != null } ?: known }
    }

    private fun named(vendor: JSONObject, member: String, part: String = member): List<String> =
        vendor.numbers(member).map { items(part, listOf(it)).firstOrNull()?.text("name") ?: "$it" }

    private fun storage(vendor: JSONObject, texts: Texts): List<String> {
        val days = (vendor.optLong("cookieMaxAgeSeconds") + DAY_S - 1) / DAY_S
        val cookies = vendor.optBoolean("usesCookies")
        return listOfNotNull(
            texts.say("tcf.days", "days" to days).takeIf { cookies },
            texts.say("tcf.refresh").takeIf { cookies && vendor.optBoolean("cookieRefresh") },
            texts.say("tcf.other").takeIf { vendor.optBoolean("usesNonCookieAccess") },
        )
    }

    private fun links(vendor: JSONObject, texts: Texts): List<Row> {
        val urls = vendor.objects("urls")
        val own = urls.find { texts.language.startsWith(it.text("langId") ?: "-") }
            ?: urls.firstOrNull()
        return listOf(
            "policy" to own?.text("privacy"),
            "tcf.interest" to own?.text("legIntClaim"),
            "tcf.storage" to vendor.text("deviceStorageDisclosureUrl"),
        ).mapNotNull { (name, url) -> url?.let { Row.Link(texts.say(name), it) } }
    }

    companion object {
        private const val SPECIFICATION = 3
        private const val DAY_S = 86_400L

        /**
         * Reads `vendor-list.json`, and `purposes-<language>.json`. A list that is not the one that
         * the config names would show other words than the TC string stands for: it is refused.
         */
        fun read(
            json: String,
            words: String?,
            policy: Policy,
            tell: (Problem) -> Unit,
        ): VendorList? {
            val list = parse(json)
            val version = list?.optInt("vendorListVersion")
            val wanted = policy.vendorListVersion
            val (pointer, found, allowed) = when {
                list?.optInt("gvlSpecificationVersion") != SPECIFICATION ->
                    Triple("", "another document", "a global vendor list, version 3")
                wanted != null && wanted != version ->
                    Triple(VERSION_POINTER, "$wanted", "$version, as the list has it")
                else -> return VendorList(ours(list, policy), words?.let(::parse) ?: JSONObject())
            }
            tell(Problem("not_allowed", pointer, found, allowed))
            return null
        }

        /** Without the hundreds of vendors that the policy does not name. */
        private fun ours(list: JSONObject, policy: Policy): JSONObject {
            val all = list.optJSONObject("vendors")
            val named = policy.vendors.mapNotNull { it.tcfId }
            return list.put("vendors", JSONObject(named.associate { "$it" to all?.opt("$it") }))
        }

        private const val VERSION_POINTER = "/consent/iab/vendor_list_version"

        private fun parse(json: String): JSONObject? = try {
            JSONObject(json)
        } catch (_: JSONException) {
            null
        }
    }
}
