using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>waitid(2): fills a siginfo_t of 128 bytes.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int waitid(int idType, uint id, byte* information, int options);
    }
}
