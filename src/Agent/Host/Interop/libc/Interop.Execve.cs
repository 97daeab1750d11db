using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>execve(2): comes back only with an error.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int execve(byte* path, byte** arguments, byte** environment);
    }
}
