using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>getuid(2).</summary>
        [LibraryImport("libc")]
        internal static partial uint getuid();
    }
}
