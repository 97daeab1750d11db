namespace Sallyport.Server.Recordings;

/// <summary>An object, as a list of the store has it.</summary>
/// <param name="Name">Under which it is opened.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Version">Changes when the object does; says nothing else.</param>
internal readonly record struct StoredObject(string Name, long Bytes, string Version);
