package io.waymark.platform

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import io.waymark.Client
import io.waymark.Native
import java.io.Closeable

/** Tells the engine whether there is a network, and whether its bytes cost money. */
internal class Connectivity private constructor(private val client: Client) :
    ConnectivityManager.NetworkCallback() {
    private var told: Pair<Boolean, Boolean>? = null

    override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) =
        tell(true, !capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED))

    override fun onLost(network: Network) = tell(false, false)

    private fun tell(online: Boolean, metered: Boolean) {
        val now = online to metered
        synchronized(this) {
            if (told == now) return
            told = now
        }
        client.run { Native.connectivity(it, online, metered) }
    }

    companion object {
        /** Without the permission ACCESS_NETWORK_STATE the engine learns of it by what fails. */
        fun follow(context: Context, client: Client): Closeable {
            val service = context.getSystemService(Context.CONNECTIVITY_SERVICE)
            val manager = service as? ConnectivityManager
            val callback = Connectivity(client)
            return try {
                manager?.registerDefaultNetworkCallback(callback)
                Closeable { manager?.unregisterNetworkCallback(callback) }
            } catch (_: SecurityException) {
                Closeable {}
            }
        }
    }
}
