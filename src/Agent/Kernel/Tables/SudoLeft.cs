namespace Sallyport.Agent.Kernel;

/// <summary><c>SP_SUDO_*</c>: what the job has left of sudo.</summary>
internal enum SudoLeft : byte
{
    /// <summary>All of it.</summary>
    Kept = 0,

    /// <summary>Nothing: the job is to have no root at all.</summary>
    Taken = 1,

    /// <summary>Root without the capabilities that reach beyond files and packages.</summary>
    Bounded = 2,
}
