using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>geteuid(2).</summary>
        [LibraryImport("libc")]
        internal static partial uint geteuid();
    }
}
