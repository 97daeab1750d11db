using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>fcntl(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fcntl(int descriptor, int command, nint argument);
    }
}
