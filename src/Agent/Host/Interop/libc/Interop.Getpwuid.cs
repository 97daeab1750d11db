using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>struct passwd of pwd.h.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct PasswordEntry
        {
            internal byte* Name;
            internal byte* Password;
            internal uint User;
            internal uint Group;
            internal byte* Description;
            internal byte* Home;
            internal byte* Shell;
        }

        /// <summary>getpwuid_r(3): gives the error itself; <paramref name="found"/> is null for an unknown user.</summary>
        [LibraryImport("libc")]
        internal static partial int getpwuid_r(
            uint user, PasswordEntry* entry, byte* buffer, nuint size, PasswordEntry** found);
    }
}
