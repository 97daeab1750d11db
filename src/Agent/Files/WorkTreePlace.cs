using Sallyport.Agent.Core.Git;

namespace Sallyport.Agent.Files;

/// <summary>A work tree before its index was read.</summary>
/// <param name="Root">Its folder.</param>
/// <param name="GitFolder">Where its index is.</param>
/// <param name="Hash">How it names objects.</param>
internal readonly record struct WorkTreePlace(string Root, string GitFolder, GitHash Hash);
