using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>pipe2(2): two descriptors, the reading end first.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int pipe2(int* descriptors, int flags);
    }
}
