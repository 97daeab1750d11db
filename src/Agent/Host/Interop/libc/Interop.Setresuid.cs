using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>setresuid(2), of the whole process.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setresuid(uint real, uint effective, uint saved);
    }
}
