package io.waymark

/** What a call answers. Nothing here ever throws: a call that cannot be carried out says so. */
enum class Status(internal val number: Int) {
    OK(0),

    /** Null where something is needed, or out of its range. */
    INVALID_ARGUMENT(1),
    CLOSED(2),

    /** A text is over its limit; nothing was taken. */
    TOO_BIG(3),

    /** Calls come faster than they can be put down; counted, lost. */
    QUEUE_FULL(4),

    /** The config does not fit; a problem says why. */
    CONFIG_REFUSED(5),

    /** Another client has the folder: in this process, or in another of the app's. */
    STORE_BUSY(6),
    STORE_UNAVAILABLE(7),

    /** Written by a newer version of the app; it is left as it is. */
    STORE_NEWER(8),
    TIMEOUT(9),
    NO_MEMORY(10),
    VERSION_MISMATCH(11),

    /** The native library is not in the app for this device's processor. */
    LIBRARY_MISSING(-1);

    internal companion object {
        fun of(number: Int): Status =
            entries.firstOrNull { it.number == number } ?: INVALID_ARGUMENT
    }
}
