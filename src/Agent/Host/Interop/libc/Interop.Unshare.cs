using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>unshare(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int unshare(int flags);
    }
}
