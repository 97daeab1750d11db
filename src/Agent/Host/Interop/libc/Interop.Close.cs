using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>close(2); for the release of safe handles alone.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int close(int descriptor);
    }
}
