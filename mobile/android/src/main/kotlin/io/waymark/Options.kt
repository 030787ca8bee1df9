package io.waymark

/**
 * What an app may set besides the config. For Java: `new Options.Builder()`.
 *
 * @property region ISO 3166-1 or -2 place of the person, "DE" or "US-CA"; null: unknown, then
 * everybody is asked before. Ask your server or the SIM; the locale is no place.
 * @property name Tells several clients of one app apart; each has a folder of its own.
 * @property lifecycle Installation, opening, foreground, background, links and pushes are captured
 * by themselves.
 * @property screens Activities are captured as screens.
 * @property intakeBytesMax Calls on the device that the engine has not taken over yet; 0: 16 MiB.
 * @property memoryBytesMax Calls in memory, of which nobody has decided yet; 0: 1 MiB.
 * @property vendorList With `iab.cmp_id`: the global vendor list, version 3 (`vendor-list.json`),
 * of the version that the config names. Of it the consent screen tells what each vendor does.
 * @property vendorListWords Its `purposes-<language>.json`, in the person's language.
 */
class Options @JvmOverloads constructor(
    val region: String? = null,
    val name: String = "",
    val lifecycle: Boolean = true,
    val screens: Boolean = true,
    val intakeBytesMax: Long = 0,
    val memoryBytesMax: Long = 0,
    val vendorList: String? = null,
    val vendorListWords: String? = null,
) {
    class Builder {
        private var region: String? = null
        private var name = ""
        private var lifecycle = true
        private var screens = true
        private var list: Pair<String, String?>? = null

        fun region(region: String?) = apply { this.region = region }

        fun name(name: String) = apply { this.name = name }

        fun lifecycle(captured: Boolean) = apply { lifecycle = captured }

        fun screens(captured: Boolean) = apply { screens = captured }

        fun vendorList(list: String, words: String?) = apply { this.list = list to words }

        fun build() = Options(
            region,
            name,
            lifecycle,
            screens,
            vendorList = list?.first,
            vendorListWords = list?.second,
        )
    }
}

/** What may be said of one event beside its properties. */
class EventOptions @JvmOverloads constructor(
    /** Overrides members of the standing context, for this event. */
    val context: Map<String, Any?>? = null,
    /** `critical`, `normal` or `bulk`; null: by name. */
    val priority: String? = null,
    /** Purposes that it needs besides those of each collector. */
    val needs: List<String>? = null,
)
